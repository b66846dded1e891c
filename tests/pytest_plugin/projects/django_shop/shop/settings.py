SECRET_KEY = "for tests only"
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["shop"]
ROOT_URLCONF = "shop.urls"
STATIC_URL = "static/"
USE_TZ = True

# What production has. Tests point the library elsewhere, and leave the rest as it is.
PUSH_NOTIFICATIONS_SETTINGS = {
    "APNS_CERTIFICATE": "/etc/shop/push.pem",
    # Without it the library never looks whether there was an error.
    "APNS_ERROR_TIMEOUT": 1,
}
