SECRET_KEY = "for tests only"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "push_notifications",
]
USE_TZ = True

# What production has. Tests point the library elsewhere, and leave the rest as it is.
PUSH_NOTIFICATIONS_SETTINGS = {
    "APNS_AUTH_KEY_PATH": "/etc/shop/AuthKey_SHOP000001.p8",
    "APNS_AUTH_KEY_ID": "SHOP000001",
    "APNS_TEAM_ID": "SHOPTEAM01",
    "APNS_TOPIC": "com.example.shop",
    # Where there is more than one app.
    "APPLICATIONS": {
        "courier": {
            "PLATFORM": "APNS",
            "CERTIFICATE": "/etc/shop/courier.pem",
            "TOPIC": "com.example.courier",
        },
    },
}
