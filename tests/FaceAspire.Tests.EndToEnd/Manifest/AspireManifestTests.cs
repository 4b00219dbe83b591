using System.Text;
using FaceAspire.Local.Manifest;

namespace FaceAspire.Tests.EndToEnd.Manifest;

public sealed class AspireManifestTests
{
    [Fact]
    public void Parse_EveryKindOfResource_IsReadWithItsFields()
    {
        var manifest = Parse("""
            {"resources":{
              "key":{"type":"parameter.v0","value":"{key.inputs.value}","inputs":{"value":{"type":"string","secret":true,"default":{"generate":{"minLength":22,"special":false}}}}},
              "store":{"type":"container.v0","connectionString":"{store.bindings.tcp.host}","image":"docker.io/library/redis:8.6","entrypoint":"/bin/sh","args":["-c"],
                "volumes":[{"name":"data","target":"/data","readOnly":false}],"env":{"A":"b"},"bindings":{"tcp":{"scheme":"redis","protocol":"tcp","transport":"tcp","targetPort":6379}}},
              "web":{"type":"project.v0","path":"src/Web/Web.csproj","env":{"KEY":"{key.value}"},"bindings":{"http":{"scheme":"http","protocol":"tcp","transport":"http","external":true}}},
              "encoded":{"type":"annotated.string","value":"{key.value}","filter":"uri"},
              "part":{"type":"value.v0","connectionString":""}}}
            """);

        manifest.Resources.Keys.ShouldBe(["key", "store", "web", "encoded", "part"]);
        manifest.Parameters.Single().Value.Inputs["value"].ShouldBe(new("string", Secret: true, new(Generate: new(22, Special: false))));
        manifest.Projects.Single().Value.ShouldSatisfyAllConditions(
            web => web.Path.ShouldBe("src/Web/Web.csproj"),
            web => web.Env["KEY"].ShouldBe("{key.value}"),
            web => web.Bindings["http"].ShouldBe(new("http", "tcp", "http", External: true)));
        manifest.Resources["store"].ShouldBeOfType<ContainerResource>().ShouldSatisfyAllConditions(
            store => store.Volumes.ShouldBe([new("data", "/data")]),
            store => store.Bindings["tcp"].TargetPort.ShouldBe(6379));
    }

    [Fact]
    public void Parse_FieldsLeftOut_AreEmpty() =>
        Parse("""{"resources":{"bare":{"type":"container.v0","image":"bare:1"}}}""").Resources["bare"].ShouldBeOfType<ContainerResource>().ShouldSatisfyAllConditions(
            bare => bare.Env.ShouldBeEmpty(),
            bare => bare.Bindings.ShouldBeEmpty(),
            bare => bare.Args.ShouldBeEmpty(),
            bare => bare.Volumes.ShouldBeEmpty(),
            bare => bare.ConnectionString.ShouldBeNull());

    [Theory]
    [InlineData("""{"resources":{"x":{"type":"dapr.v0"}}}""", "dapr.v0")]
    [InlineData("""{"resources":{"x":{"type":"value.v0","connectionString":"","more":1}}}""", "more")]
    [InlineData("""{"resources":{"x":{"type":"value.v0"}}}""", "connectionString")]
    [InlineData("""{"resources":{"x":{"type":"value.v0","connectionString":"a","connectionString":"b"}}}""", "connectionString")]
    [InlineData("""{"resources":{"x":{"type":"project.v0","path":null}}}""", "path")]
    [InlineData("""{"resources":""", "resources")]
    [InlineData("""{}""", "resources")]
    [InlineData("null", "null")]
    public void Parse_NotSuchAManifest_SaysWhat(string json, string named) =>
        Should.Throw<ManifestException>(() => Parse(json)).Message.ShouldContain(named);

    [Fact]
    public void Load_NoSuchFile_NamesIt() => Should.Throw<ManifestException>(() => AspireManifest.Load("no-such-manifest.json")).Message.ShouldContain("no-such-manifest.json");

    private static AspireManifest Parse(string json) => AspireManifest.Parse(Encoding.UTF8.GetBytes(json));
}
