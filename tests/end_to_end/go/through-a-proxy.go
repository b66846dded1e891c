// Sends with Go's own client, which heeds HTTPS_PROXY and SSL_CERT_FILE by itself. Reads what to do
// from standard input, as JSON, and prints what came of it.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

type order struct {
	Host, Topic, Jwt string
	Port             int
	Pushes           []struct {
		Token  string
		ApnsID *string `json:"apns_id"`
	}
}

type told struct {
	Answers map[string]map[string]any `json:"answers"`
	Wrong   []string                  `json:"wrong"`
}

func main() {
	var asked order
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		log.Fatal(err)
	}
	found := told{map[string]map[string]any{}, []string{}}
	for _, push := range asked.Pushes {
		url := fmt.Sprintf("https://%s:%d/3/device/%s", asked.Host, asked.Port, push.Token)
		body := strings.NewReader(`{"aps":{"alert":"Hello"}}`)
		request, err := http.NewRequest("POST", url, body)
		if err != nil {
			log.Fatal(err)
		}
		request.Header.Set("apns-topic", asked.Topic)
		request.Header.Set("apns-push-type", "alert")
		request.Header.Set("authorization", "bearer "+asked.Jwt)
		if push.ApnsID != nil {
			request.Header.Set("apns-id", *push.ApnsID)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			found.Wrong = append(found.Wrong, err.Error())
			continue
		}
		said, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		entry := map[string]any{}
		if len(said) > 0 {
			if err := json.Unmarshal(said, &entry); err != nil {
				log.Fatal(err)
			}
		}
		if answer.ProtoMajor != 2 {
			found.Wrong = append(found.Wrong, answer.Proto)
		}
		entry["status"] = answer.StatusCode
		entry["apns_id"] = answer.Header.Get("apns-id")
		found.Answers[push.Token] = entry
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		log.Fatal(err)
	}
}
