using System.Net;
using FaceAspire.ServiceDefaults.Images;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.ServiceDefaults.Tests.Images;

public sealed class AddressPolicyTests
{
    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("93.184.216.34")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("192.167.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001::1")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::101:101")] // NAT64 of 1.1.1.1
    [InlineData("2002:101:101::1")] // 6to4 of 1.1.1.1
    public void IsPublic_InternetAddress_IsAllowed(string address) => AddressPolicy.IsPublic(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.1")] // carrier-grade NAT
    [InlineData("127.0.0.1")]
    [InlineData("127.255.0.9")]
    [InlineData("169.254.169.254")] // metadata of AWS, Azure, Google
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")] // metadata of Oracle
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("100.100.100.200")] // metadata of Alibaba
    [InlineData("168.63.129.16")] // Azure's host
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")] // IPv4-compatible
    [InlineData("::ffff:127.0.0.1")] // IPv4-mapped
    [InlineData("::ffff:a9fe:a9fe")]
    [InlineData("64:ff9b::7f00:1")] // NAT64
    [InlineData("64:ff9b:1::a00:1")] // local NAT64
    [InlineData("2002:7f00:1::")] // 6to4
    [InlineData("2002:c0a8:101::1")]
    [InlineData("2001::1")] // Teredo
    [InlineData("2001:db8::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")] // metadata of AWS
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("100::1")]
    public void IsPublic_AddressOfThisMachineOrNetwork_IsRefused(string address) => AddressPolicy.IsPublic(IPAddress.Parse(address)).ShouldBeFalse();

    /// <summary>Spellings that URLs know and people do not.</summary>
    [Theory]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://0/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://3232235777/")] // 192.168.1.1
    public void IsPublic_OtherSpellingsInUrls_AreTheSameAddress(string url) =>
        AddressPolicy.IsPublic(IPAddress.Parse(new Uri(url).DnsSafeHost)).ShouldBeFalse();

    [Fact]
    public void IsPublic_AnyIPv4Address_IsJudgedAlikeInEveryWrapping()
    {
        var bytes = Gen.ArrayOf(Gen.OneOf(Gen.Choose(0, 255), Gen.Elements(10, 127, 169, 172, 192)).Select(static value => (byte)value), 4);

        Prop.ForAll(bytes.ToArbitrary(), b =>
        {
            bool plain = AddressPolicy.IsPublic(new IPAddress(b));
            bool mapped = AddressPolicy.IsPublic(new IPAddress(b).MapToIPv6());
            bool nat64 = AddressPolicy.IsPublic(new IPAddress([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0, .. b]));
            bool sixToFour = AddressPolicy.IsPublic(new IPAddress([0x20, 0x02, .. b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]));
            return mapped == plain && nat64 == plain && sixToFour == plain;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }
}
