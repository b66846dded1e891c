from django.http import HttpResponse
from django.urls import path

from .push import tell


def order_ready(request, customer):
    """The kitchen calls this when an order can be fetched."""
    tell(customer, "Your order is ready")
    return HttpResponse(status=204)


urlpatterns = [path("ready/<customer>", order_ready)]
