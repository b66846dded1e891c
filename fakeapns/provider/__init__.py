"""The other side: a correct sender, and where a server is."""

from .addresses import API_PORT, Address, ApiAddress, ProxyAddress
from .endpoint import Client, ClientFiles, Endpoint, KeyFile, check_files
from .environment import (
    RUNTIMES,
    address_from,
    check_runtime,
    client_from,
    names_a_server,
    variables,
)
from .probe import check_listening
from .ready_file import read_ready_file, write_ready_file
from .report import Report, SendError
from .sender import (
    Connect,
    Outgoing,
    connect_again,
    open_tcp,
    open_tls,
    read_feedback,
    send,
)
from .work_list import SendItem, SendList, WorkItem, WorkList, write_work_list

__all__ = [
    "API_PORT",
    "RUNTIMES",
    "Address",
    "ApiAddress",
    "Client",
    "ClientFiles",
    "Connect",
    "Endpoint",
    "KeyFile",
    "Outgoing",
    "ProxyAddress",
    "Report",
    "SendError",
    "SendItem",
    "SendList",
    "WorkItem",
    "WorkList",
    "address_from",
    "check_files",
    "check_listening",
    "check_runtime",
    "client_from",
    "connect_again",
    "names_a_server",
    "open_tcp",
    "open_tls",
    "read_feedback",
    "read_ready_file",
    "send",
    "variables",
    "write_ready_file",
    "write_work_list",
]
