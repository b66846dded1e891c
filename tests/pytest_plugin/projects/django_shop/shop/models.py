from django.db import models


class Phone(models.Model):
    """A customer's phone, as the app registered it with us."""

    customer = models.CharField(max_length=100)
    token = models.CharField(max_length=200, unique=True)
    active = models.BooleanField(default=True)
