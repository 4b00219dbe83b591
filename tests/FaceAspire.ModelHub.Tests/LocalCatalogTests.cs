using System.Security.Cryptography;
using FaceAspire.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.ModelHub.Tests;

/// <summary>The user's own models.</summary>
public sealed class LocalCatalogTests : IDisposable
{
    private const string Own = """
        {
          "models": [
            {
              "name": "mine", "task": "recognition", "description": "My own.", "file": "mine.onnx", "licence": "my own", "commercial": "yes", "source": "my disk",
              "input": { "width": 112, "height": 112, "color": "rgb", "mean": [127.5, 127.5, 127.5], "scale": 0.0078125 },
              "crop": { "geometry": "five-point", "width": 112, "height": 112 },
              "decoder": "embedding", "dimension": 192,
              "thresholds": {
                "native": { "cosine": 0.5, "euclidean": 1, "euclidean_l2": 1, "angular": 0.3 },
                "deepface": { "cosine": 0.5, "euclidean": 1, "euclidean_l2": 1, "angular": 0.3 }
              }
            }
          ]
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("faceaspire-local-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void LoadDefault_LocalCatalogue_AddsItsModelWithTheVersionOfItsFile()
    {
        string weights = Path.Combine(SharedMaterial.RepositoryRoot, "models", "FaceLite.onnx");
        File.Copy(weights, Path.Combine(_folder, "mine.onnx"));

        var catalog = Load(Own);

        var entry = catalog.Get(ModelTask.Recognition, "mine");
        catalog.Names.Models.Names.ShouldContain("mine");
        catalog.Entries[^1].ShouldBe(entry, "ours come first");
        var store = new ModelStore(new() { ModelsDir = _folder, ModelsCache = null }, NullLogger<ModelStore>.Instance);
        store.VersionOf(entry).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(weights)))[..12]);
        store.Require(entry).ShouldBe(Path.Combine(_folder, "mine.onnx"));
    }

    [Fact]
    public void LoadDefault_NameOfAnother_IsAProblem() =>
        Should.Throw<InvalidDataException>(() => Load(Own.Replace("\"mine\"", "\"DLIB\"", StringComparison.Ordinal))).Message.ShouldBe("catalog.local.json: 'DLIB' is the name of another Recognition model");

    [Theory]
    [InlineData("{")]
    [InlineData("{\"models\":[{\"name\":\"x\"}],\"extra\":1}")]
    public void LoadDefault_BrokenLocalCatalogue_NamesItInEveryLine(string json) =>
        Should.Throw<InvalidDataException>(() => Load(json)).Message.Split('\n').ShouldAllBe(static line => line.StartsWith("catalog.local.json: ", StringComparison.Ordinal));

    [Fact]
    public void LoadDefault_NoLocalCatalogue_IsTheRepositorys() =>
        ModelCatalog.LoadDefault(new() { ModelsDir = _folder, ModelsCache = null }).Entries.Count.ShouldBe(ModelCatalog.LoadDefault().Entries.Count);

    private ModelCatalog Load(string json)
    {
        File.WriteAllText(Path.Combine(_folder, "catalog.local.json"), json);
        return ModelCatalog.LoadDefault(new() { ModelsDir = _folder, ModelsCache = null });
    }
}
