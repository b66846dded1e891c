// Sends with golang.org/x/net/http2, as sideshow/apns2 does: its transport, its headers. Reads what
// to do from standard input, as JSON, and prints what came of it.
package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"

	"golang.org/x/net/http2"
)

type push struct {
	Token  string  `json:"token"`
	ApnsID *string `json:"apns_id"`
}

type order struct {
	Host   string  `json:"host"`
	Port   int     `json:"port"`
	Topic  string  `json:"topic"`
	Pushes []push  `json:"pushes"`
	Cert   *string `json:"cert"`
	Key    *string `json:"key"`
	JWT    *string `json:"jwt"`
}

type said struct {
	Status    int     `json:"status"`
	ApnsID    string  `json:"apns_id"`
	Reason    *string `json:"reason"`
	Timestamp *int64  `json:"timestamp"`
}

type told struct {
	Answers map[string]said `json:"answers"`
	Wrong   []string        `json:"wrong"`
}

// It names no CA: SSL_CERT_FILE does.
func transport(order order) *http2.Transport {
	config := &tls.Config{}
	if order.Cert != nil {
		pair, err := tls.LoadX509KeyPair(*order.Cert, *order.Key)
		if err != nil {
			panic(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	dial := func(network, address string, config *tls.Config) (net.Conn, error) {
		return tls.DialWithDialer(&net.Dialer{}, network, address, config)
	}
	return &http2.Transport{TLSClientConfig: config, DialTLS: dial}
}

func send(client *http.Client, order order, push push) (said, error) {
	url := fmt.Sprintf("https://%s:%d/3/device/%s", order.Host, order.Port, push.Token)
	body := bytes.NewReader([]byte(`{"aps":{"alert":"Hello"}}`))
	request, err := http.NewRequest(http.MethodPost, url, body)
	if err != nil {
		return said{}, err
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("apns-topic", order.Topic)
	request.Header.Set("apns-push-type", "alert")
	if push.ApnsID != nil {
		request.Header.Set("apns-id", *push.ApnsID)
	}
	if order.JWT != nil {
		request.Header.Set("authorization", "bearer "+*order.JWT)
	}
	response, err := client.Do(request)
	if err != nil {
		return said{}, err
	}
	defer response.Body.Close()
	answer := said{Status: response.StatusCode, ApnsID: response.Header.Get("apns-id")}
	// A good answer has no body.
	_ = json.NewDecoder(response.Body).Decode(&answer)
	return answer, nil
}

func main() {
	var order order
	if err := json.NewDecoder(os.Stdin).Decode(&order); err != nil {
		panic(err)
	}
	client := &http.Client{Transport: transport(order)}
	result := told{Answers: map[string]said{}, Wrong: []string{}}
	var lock sync.Mutex
	var sending sync.WaitGroup
	for _, each := range order.Pushes {
		sending.Add(1)
		go func(push push) {
			defer sending.Done()
			answer, err := send(client, order, push)
			lock.Lock()
			defer lock.Unlock()
			if err != nil {
				result.Wrong = append(result.Wrong, err.Error())
			} else {
				result.Answers[push.Token] = answer
			}
		}(each)
	}
	sending.Wait()
	client.CloseIdleConnections()
	json.NewEncoder(os.Stdout).Encode(result)
}
