using FaceAspire.Edge.Access;
using Microsoft.Extensions.Options;

namespace FaceAspire.Edge.Tests.Access;

public sealed class ApiKeyListTests
{
    [Theory]
    [InlineData("read", true, false, false)]
    [InlineData("enrol", false, true, false)]
    [InlineData("read+enrol", true, true, false)]
    [InlineData("Enrol + READ", true, true, false)]
    [InlineData("admin", true, true, true)]
    public void Parse_Scopes_AreWhatTheKeyMayDo(string scopes, bool read, bool enrol, bool admin)
    {
        var key = ApiKeyList.Parse([$"a:{scopes}:{EdgeProcess.Hash("x")}"], out var failures).ShouldHaveSingleItem();

        failures.ShouldBeEmpty();
        key.Has(Scopes.Read).ShouldBe(read);
        key.Has(Scopes.Enrol).ShouldBe(enrol);
        key.Has(Scopes.Admin).ShouldBe(admin);
        key.Has(Scopes.None).ShouldBeTrue();
    }

    [Theory]
    [InlineData("nothing", "form")]
    [InlineData("a:read", "form")]
    [InlineData(":read:HASH", "form")]
    [InlineData("a:read:HASH:more", "form")]
    [InlineData("a b:read:HASH", "name")]
    [InlineData("a::HASH", "scopes")]
    [InlineData("a:read+:HASH", "scopes")]
    [InlineData("a:write:HASH", "scopes")]
    [InlineData("a:read:HASHff", "hex digits")]
    [InlineData("a:read:zzzz456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "hex digits")]
    [InlineData("a:read:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "empty key")] // printf %s "" | sha256sum
    public void Parse_WrongEntry_IsToldByItsNumberWithoutItsText(string entry, string expected)
    {
        string hash = EdgeProcess.Hash("other");
        entry = entry.Replace("HASH", hash, StringComparison.Ordinal);

        ApiKeyList.Parse([$"good:read:{EdgeProcess.Hash("x")}", entry], out var failures).ShouldHaveSingleItem();

        string failure = failures.ShouldHaveSingleItem();
        failure.ShouldStartWith("entry 2 ");
        failure.ShouldContain(expected);
        failure.ShouldNotContain(hash);
        failure.ShouldNotContain("e3b0");
    }

    [Fact]
    public void Parse_NameOrHashTwice_IsToldOnceEach()
    {
        string hash = EdgeProcess.Hash("x");

        ApiKeyList.Parse([$"a:read:{hash}", $"b:admin:{hash.ToUpperInvariant()}", $"a:read:{EdgeProcess.Hash("y")}"], out var failures);

        failures.ShouldBe(["entry 2 has the hash of another entry", "entry 3 has the name of another entry"]);
    }

    [Fact]
    public void Find_EachKeyAndOthers_GivesTheOneShown()
    {
        var keys = new ApiKeyList(Options.Create(new EdgeOptions { ApiKeys = EdgeProcess.Keys.Split(';') }));

        keys.Find(EdgeProcess.ReadKey)?.Name.ShouldBe("reader");
        keys.Find(EdgeProcess.EnrolKey)?.Name.ShouldBe("camera");
        keys.Find(EdgeProcess.AdminKey)?.Name.ShouldBe("boss");
        foreach (string? other in (string?[])[null, "", " ", EdgeProcess.ReadKey + "x", EdgeProcess.ReadKey[1..], EdgeProcess.Hash(EdgeProcess.ReadKey), new string('x', 256), new string('ü', 256), new('x', 100_000), "\uD800"])
        {
            keys.Find(other).ShouldBeNull(other);
        }
    }

    [Fact]
    public void Find_LongestKey_IsFound()
    {
        string key = new('ü', 256);
        var keys = new ApiKeyList(Options.Create(new EdgeOptions { ApiKeys = [$"long:read:{EdgeProcess.Hash(key)}"] }));

        keys.Find(key).ShouldNotBeNull();
        keys.Find(key + "x").ShouldBeNull();
    }
}
