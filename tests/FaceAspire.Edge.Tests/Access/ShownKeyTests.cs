using FaceAspire.Edge.Access;
using Microsoft.AspNetCore.Http;

namespace FaceAspire.Edge.Tests.Access;

public sealed class ShownKeyTests
{
    [Theory]
    [InlineData("X-API-Key", "secret")]
    [InlineData("x-api-key", "secret")]
    [InlineData("Authorization", "Bearer secret")]
    [InlineData("authorization", "BEARER secret")]
    public void Take_HeaderWithAKey_TakesItOffTheRequest(string name, string value)
    {
        var headers = new HeaderDictionary { [name] = value, ["Accept"] = "*/*" };

        ShownKey.Take(headers).ShouldBe("secret");

        headers.Keys.ShouldBe(["Accept"]);
    }

    [Fact]
    public void Take_KeyTwice_TakesBothOffAndGivesNone()
    {
        var headers = new HeaderDictionary { ["X-API-Key"] = new(["secret", "secret"]), ["Authorization"] = new(["Bearer secret", "Bearer secret"]) };

        ShownKey.Take(headers).ShouldBeNull();

        headers.ShouldBeEmpty();
    }

    [Fact]
    public void Take_BothHeaders_GivesTheOneThatIsNothingButAKey()
    {
        var headers = new HeaderDictionary { ["X-API-Key"] = "secret", ["Authorization"] = "Bearer of-the-proxy" };

        ShownKey.Take(headers).ShouldBe("secret");

        headers.ShouldBeEmpty();
    }

    [Fact]
    public void Take_OtherScheme_IsLeftAlone()
    {
        var headers = new HeaderDictionary { ["Authorization"] = "Basic c2VjcmV0" };

        ShownKey.Take(headers).ShouldBeNull();

        headers.Keys.ShouldBe(["Authorization"]);
    }
}
