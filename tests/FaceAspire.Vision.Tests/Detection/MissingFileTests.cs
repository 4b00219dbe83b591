using FaceAspire.Contracts.Errors;
using FaceAspire.ModelHub;
using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Inference;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>What a detector says of each of its files that is absent, while its others are here.</summary>
public sealed class MissingFileTests : IDisposable
{
    private static readonly ModelCatalog _catalog = ModelCatalog.LoadDefault();

    private readonly string _folder = Directory.CreateTempSubdirectory("faceaspire-").FullName;

    public static TheoryData<string, int> Files
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var entry in _catalog.Of(ModelTask.Detection).Where(static entry => !File.Exists(Path.Combine(SharedMaterial.RepositoryRoot, "models", entry.Files[0].Name))))
            {
                for (int part = 0; part < entry.Files.Count; part++)
                {
                    data.Add(entry.Name, part);
                }
            }

            return data;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Files))]
    public void Load_OneFileMissing_NamesTheModelTheFileAndWhatBringsIt(string name, int missing)
    {
        var entry = _catalog.Get(ModelTask.Detection, name);
        for (int part = 0; part < entry.Files.Count; part++)
        {
            if (part != missing)
            {
                File.Copy(SharedMaterial.Weights(entry.Files[part].Name), Path.Combine(_folder, entry.Files[part].Name));
            }
        }

        using var sessions = new InferenceSessions(new InferenceDevice("-1", NullLogger<InferenceDevice>.Instance));
        var store = new ModelStore(new ModelHubOptions { ModelsDir = _folder, ModelsCache = null }, NullLogger<ModelStore>.Instance);
        var detector = DetectorFactory.Create(entry.Decoder, new(
            entry.Input,
            entry.ScoreThreshold,
            entry.OverlapThreshold,
            part => sessions.Get(store, entry, part),
            part => store.Require(entry, part)));

        var failure = Should.Throw<FaceAspireException>(detector.Load);

        failure.Code.ShouldBe(ErrorCode.ModelUnavailable);
        failure.Message.ShouldContain($"'{name}'");
        failure.Message.ShouldContain(entry.Files[missing].Name);
        failure.Message.ShouldContain("MODELS_DIR");
    }
}
