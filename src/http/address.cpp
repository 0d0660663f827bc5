#include "http/address.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <cstring>

namespace ozma::http {
namespace {

namespace ip = boost::asio::ip;

bool Within(const ip::address_v4& address, const ip::network_v4& network) {
  return (address.to_uint() & network.netmask().to_uint()) == network.network().to_uint();
}

bool Within(const ip::address_v6& address, const ip::network_v6& network) {
  return ip::network_v6(address, network.prefix_length()).network() == network.network();
}

bool IsPublic(const ip::address_v4& address) {
  static const std::array kSpecial = {
      ip::make_network_v4("0.0.0.0/8"),      ip::make_network_v4("10.0.0.0/8"),
      ip::make_network_v4("100.64.0.0/10"),  ip::make_network_v4("127.0.0.0/8"),
      ip::make_network_v4("169.254.0.0/16"), ip::make_network_v4("172.16.0.0/12"),
      ip::make_network_v4("192.0.0.0/24"),   ip::make_network_v4("192.0.2.0/24"),
      ip::make_network_v4("192.88.99.0/24"), ip::make_network_v4("192.168.0.0/16"),
      ip::make_network_v4("198.18.0.0/15"),  ip::make_network_v4("198.51.100.0/24"),
      ip::make_network_v4("203.0.113.0/24"), ip::make_network_v4("224.0.0.0/3"),
  };
  return std::ranges::none_of(kSpecial, [&](const auto& network) { return Within(address, network); });
}

// The IPv4 address in four of the sixteen bytes.
ip::address_v4 Wrapped(const ip::address_v6& address, std::size_t at) {
  const auto bytes = address.to_bytes();
  return ip::address_v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
}

bool IsPublic(const ip::address_v6& address) {
  static const auto kNat64 = ip::make_network_v6("64:ff9b::/96"), k6to4 = ip::make_network_v6("2002::/16"),
                    kGlobal = ip::make_network_v6("2000::/3");
  static const std::array kSpecial = {
      ip::make_network_v6("2001::/23"),  // protocol assignments, Teredo among them
      ip::make_network_v6("2001:db8::/32"),
      ip::make_network_v6("3fff::/20"),
  };
  if (address.is_v4_mapped() || Within(address, kNat64)) return IsPublic(Wrapped(address, 12));
  if (Within(address, k6to4)) return IsPublic(Wrapped(address, 2));
  return Within(address, kGlobal) &&
         std::ranges::none_of(kSpecial, [&](const auto& network) { return Within(address, network); });
}

}  // namespace

bool IsPublic(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return IsPublic(ip::address_v4(ntohl(v4.sin_addr.s_addr)));
  }
  if (address.sa_family != AF_INET6) return false;
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return IsPublic(ip::address_v6(bytes));
}

}  // namespace ozma::http
