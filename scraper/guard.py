"""Which addresses on the network may be asked: those of everybody, never those of the network we run in.

A forum's name is looked up before it is asked, and what it is then connected to is looked at again before the first
byte of the request goes out: a name server may answer the second question otherwise than the first.
"""

import ipaddress
import socket
from collections.abc import Mapping
from typing import Any

from scraper.outcome import OffLimits, Retry

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # IPv4 addresses as IPv6 ones, in the last four bytes


def refuse_private(url: str, host: str) -> None:
    """Raise `OffLimits` where a host's name leads to a private address, `Retry` where it leads nowhere."""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Retry(f"{url}: {host} cannot be found", hint="is this machine on the network?") from error
    for address in found:
        if not is_public(address):
            raise OffLimits(f"{url}: {host} is the private address {address}")


def refuse_private_connection(event: str, about: Mapping[str, Any]) -> None:
    """Told by the HTTP client of each step: raises `OffLimits` where it has connected to a private address."""
    if not event.endswith("connect_tcp.complete"):
        return
    stream = about["return_value"]
    address = str(stream.get_extra_info("server_addr")[0])
    if not is_public(address):
        stream.close()
        raise OffLimits(f"the name led to the private address {address} when it was connected to")


def is_public(address: str) -> bool:
    """Whether an address is one that everybody on the Internet can reach, also where it wraps an IPv4 address.

    >>> [is_public(address) for address in ("93.184.216.34", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False]
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(ip.packed[-4:])
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast
