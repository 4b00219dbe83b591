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

    private readonly EyeCascade _eyes = new(catalog, store);

    /// <summary>Finds the eyes that other detectors do not give; null where its cascade is not on this machine.</summary>
    public EyeFinder? Eyes => _eyes.Finder;

    /// <summary>The detector of a name in the catalogue's spelling.</summary>
    public IFaceDetector this[string name] => _detectors[name];

    private static IFaceDetector Create(ModelEntry entry, ModelStore store, InferenceSessions sessions) => DetectorFactory.Create(entry.Decoder, new(
        entry.Input, entry.ScoreThreshold, entry.OverlapThreshold, part => sessions.Get(store, entry, part), part => store.Require(entry, part)));
}
