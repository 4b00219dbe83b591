using FaceAspire.Vision.Detection;

namespace FaceAspire.ModelHub;

/// <summary>The catalogue's cascade of eyes: gives DeepFace's crops the eyes that a detector does not give.</summary>
public sealed class EyeCascade
{
    // The cascade of eyes is the second file of the cascade of faces.
    private const string Decoder = "haar";
    private const int Part = 1;

    private readonly ModelStore _store;
    private readonly ModelEntry? _cascades;
    private readonly EyeFinder? _finder;

    /// <summary>Looks the cascade up; reads nothing yet.</summary>
    /// <param name="catalog">What there is.</param>
    /// <param name="store">Where its files are.</param>
    public EyeCascade(ModelCatalog catalog, ModelStore store)
    {
        _store = store;
        _cascades = catalog.Entries.FirstOrDefault(static entry => entry.Decoder == Decoder);
        _finder = _cascades is { } cascades ? new(() => store.Require(cascades, Part)) : null;
    }

    /// <summary>Finds the eyes; null where the cascade is not on this machine.</summary>
    public EyeFinder? Finder => _cascades is not null && _store.IsPresent(_cascades) ? _finder : null;
}
