using System.Net;
using System.Net.Sockets;

namespace FaceAspire.ServiceDefaults.Images;

/// <summary>Which addresses a URL of a request may lead to: the public internet, never this machine or a network that only this machine reaches.</summary>
internal static class AddressPolicy
{
    // IANA's special-purpose registries (RFC 6890 and its successors), cloud metadata services among link-local.
    private static readonly IPNetwork[] _refused =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    // Alibaba's and Oracle's metadata services have addresses that are not link-local; 168.63.129.16 is Azure's host.
    private static readonly IPAddress[] _metadata = [IPAddress.Parse("100.100.100.200"), IPAddress.Parse("192.0.0.192"), IPAddress.Parse("168.63.129.16"), IPAddress.Parse("fd00:ec2::254")];

    private static readonly IPNetwork _nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork _sixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork _compatible = IPNetwork.Parse("::/96");

    /// <summary>Whether the address belongs to the public internet. An IPv4 address wrapped in IPv6 counts as what is inside.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return IsPublic(address.MapToIPv4());
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            byte[] bytes = address.GetAddressBytes();
            if (_nat64.Contains(address) || _compatible.Contains(address))
            {
                return IsPublic(new IPAddress(bytes.AsSpan(12, 4)));
            }

            if (_sixToFour.Contains(address))
            {
                return IsPublic(new IPAddress(bytes.AsSpan(2, 4)));
            }
        }

        return !Array.Exists(_refused, network => network.Contains(address)) && !Array.Exists(_metadata, address.Equals);
    }
}
