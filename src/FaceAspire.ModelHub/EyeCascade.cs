using FaceAspire.Vision.Detection;

namespace FaceAspire.ModelHub;

/// <summary>The catalogue's cascade of eyes: gives DeepFace's crops the eyes that a detector does not give.</summary>
/// <param name="catalog">What there is.</param>
/// <param name="store">Where its files are.</param>
public sealed class EyeCascade(ModelCatalog catalog, ModelStore store)
{
    // The cascade of eyes is the second file of the cascade of faces.
    private const string Decoder = "haar";
    private const int Part = 1;

    private readonly ModelEntry? _cascades = catalog.Entries.FirstOrDefault(static entry => entry.Decoder == Decoder);
    private readonly EyeFinder _finder = new(() => store.Require(catalog.Entries.First(static entry => entry.Decoder == Decoder), Part));

    /// <summary>Finds the eyes; null where the cascade is not on this machine.</summary>
    public EyeFinder? Finder => _cascades is not null && store.IsPresent(_cascades) ? _finder : null;
}
