using System.Text;
using FaceAspire.Local.Manifest;

namespace FaceAspire.Tests.EndToEnd.Manifest;

public sealed class ManifestResolverTests
{
    private static readonly Dictionary<(string, string), int> _ports = new() { [("web", "http")] = 81, [("store", "tcp")] = 82 };

    private readonly AspireManifest _manifest = AspireManifest.Parse(Encoding.UTF8.GetBytes("""
        {"resources":{
          "model":{"type":"parameter.v0","value":"{model.inputs.value}","inputs":{"value":{"type":"string","default":{"value":"small"}}}},
          "keys":{"type":"parameter.v0","value":"{keys.inputs.value}","inputs":{"value":{"type":"string","secret":true}}},
          "password":{"type":"parameter.v0","value":"{password.inputs.value}","inputs":{"value":{"type":"string","default":{"generate":{"minLength":22,"special":false}}}}},
          "encoded":{"type":"annotated.string","value":"{keys.value}","filter":"uri"},
          "shouted":{"type":"annotated.string","value":"{keys.value}","filter":"upper"},
          "nothing":{"type":"value.v0","connectionString":""},
          "round":{"type":"value.v0","connectionString":"{about.connectionString}"},
          "about":{"type":"value.v0","connectionString":"{round.connectionString}"},
          "bare":{"type":"container.v0","image":"bare:1"},
          "store":{"type":"container.v0","image":"redis:8","connectionString":"{store.bindings.tcp.host}:{store.bindings.tcp.port},password={keys.value}{nothing.connectionString}",
            "bindings":{"tcp":{"scheme":"redis","protocol":"tcp","transport":"tcp","targetPort":6379}}},
          "web":{"type":"project.v0","path":"a.csproj","bindings":{"http":{"scheme":"http","protocol":"tcp","transport":"http"},"idle":{"scheme":"http","protocol":"tcp","transport":"http"}}}}}
        """));

    [Theory]
    [InlineData("as it is", "as it is")]
    [InlineData("", "")]
    [InlineData("{web.bindings.http.url}", "http://127.0.0.1:81")]
    [InlineData("{web.bindings.http.host}|{web.bindings.http.port}|{web.bindings.http.targetPort}|{web.bindings.http.scheme}", "127.0.0.1|81|81|http")]
    [InlineData("{store.bindings.tcp.url}", "redis://127.0.0.1:82")]
    [InlineData("{store.connectionString}", "127.0.0.1:82,password=a b/c")]
    [InlineData("redis://:{encoded.value}@{store.bindings.tcp.host}", "redis://:a%20b%2Fc@127.0.0.1")]
    [InlineData("{model.value}{nothing.connectionString}", "small")]
    [InlineData("{keys.inputs.value}", "a b/c")]
    public void Resolve_KnownExpression_GivesWhatItStandsFor(string text, string expected) => Resolver(("keys", "a b/c")).Resolve(text, _ports).ShouldBe(expected);

    [Fact]
    public void Resolve_ParameterGiven_BeatsItsDefault() => Resolver(("model", "large")).Resolve("{model.value}", _ports).ShouldBe("large");

    [Fact]
    public void Resolve_ParameterGivenEmpty_IsEmpty() => Resolver(("model", "")).Resolve("{model.value}", _ports).ShouldBe("");

    [Fact]
    public void Resolve_GivenTextWithBraces_IsNoExpression() => Resolver(("keys", "{model.value}")).Resolve("{keys.value}", _ports).ShouldBe("{model.value}");

    [Fact]
    public void Resolve_GeneratedValue_HasTheLengthAndStaysTheSame()
    {
        var resolver = Resolver();
        string password = resolver.Resolve("{password.value}", _ports);

        password.Length.ShouldBe(22);
        password.ShouldAllBe(static letter => char.IsAsciiLetterOrDigit(letter));
        resolver.Resolve("{password.value}", _ports).ShouldBe(password);
        Resolver().Resolve("{password.value}", _ports).ShouldNotBe(password);
    }

    [Theory]
    [InlineData("{nobody.value}", "{nobody.value}")]
    [InlineData("{model}", "{model}")]
    [InlineData("{model.values}", "{model.values}")]
    [InlineData("{model.inputs.other}", "{model.inputs.other}")]
    [InlineData("{web.value}", "{web.value}")]
    [InlineData("{web.connectionString}", "{web.connectionString}")]
    [InlineData("{bare.connectionString}", "{bare.connectionString}")]
    [InlineData("{web.bindings.https.url}", "{web.bindings.https.url}")]
    [InlineData("{web.bindings.idle.url}", "{web.bindings.idle.url}")] // it has no port here
    [InlineData("{web.bindings.http.path}", "{web.bindings.http.path}")]
    [InlineData("{shouted.value}", "{shouted.value}")]
    [InlineData("{round.connectionString}", "itself")]
    [InlineData("{keys.value}", "'keys'")]
    [InlineData("{model.value", "brace")]
    [InlineData("model.value}", "brace")]
    public void Resolve_CannotBeFollowed_NamesIt(string text, string named) =>
        Should.Throw<ManifestException>(() => Resolver().Resolve(text, _ports)).Message.ShouldContain(named);

    private ManifestResolver Resolver(params (string Name, string Value)[] inputs) => new(_manifest, inputs.ToDictionary(static input => input.Name, static input => input.Value));
}
