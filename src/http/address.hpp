// Which addresses of the Internet are public.
#pragma once

#include <sys/socket.h>

namespace ozma::http {

// False for whatever leads to this machine, to its neighbours or nowhere: loopback, link-local, private,
// carrier-grade NAT, documentation, multicast and reserved ranges (IANA's special-purpose registries), and
// IPv6 addresses that wrap such an IPv4 address (mapped, NAT64, 6to4). False for other families.
bool IsPublic(const sockaddr& address);

}  // namespace ozma::http
