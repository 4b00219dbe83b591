using System.Collections.Frozen;
using FaceAspire.ModelHub;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Detection;

/// <summary>The detectors of the catalogue by name. Making one is cheap; its session is made with its first picture.</summary>
internal sealed class FaceDetectors(ModelCatalog catalog, ModelStore store, InferenceSessions sessions)
{
    private readonly FrozenDictionary<string, IFaceDetector> _detectors = catalog.Entries
        .Where(static entry => entry.Task == ModelTask.Detection)
        .ToFrozenDictionary(static entry => entry.Name, entry => Create(entry, store, sessions));

    /// <summary>The detector of a name in the catalogue's spelling.</summary>
    public IFaceDetector this[string name] => _detectors[name];

    /// <summary>The session of a detector.</summary>
    public static InferenceSessionPool SessionOf(ModelEntry entry, ModelStore store, InferenceSessions sessions) =>
        sessions.Get(entry.Sha256, entry.Name, () => store.Require(entry));

#pragma warning disable CA1859 // more detectors are to come, each a class of its own
    private static IFaceDetector Create(ModelEntry entry, ModelStore store, InferenceSessions sessions) => entry.Decoder switch
    {
        "yunet" => new YuNetDetector(SessionOf(entry, store, sessions), entry.ScoreThreshold, entry.OverlapThreshold),
        _ => throw new InvalidDataException($"The catalogue's detector '{entry.Name}' wants the decoder '{entry.Decoder}', which this version does not have."),
    };
#pragma warning restore CA1859
}
