using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;
using Microsoft.Extensions.Options;

namespace FaceAspire.Detection;

/// <summary>The detector of requests that name none.</summary>
internal sealed class DefaultDetector(IOptions<DetectionOptions> options, ModelCatalog catalog, FaceDetectors detectors)
{
    /// <summary>Its name in the catalogue's spelling.</summary>
    public string Name { get; } = catalog.Names.Detectors.Parse(options.Value.DefaultDetector);

    /// <summary>The detector that finds landmarks which another does not give: the default one, or where nothing is detected by default, the catalogue's first.</summary>
    public string LandmarkDetector => Name == ApiNames.SkipDetector ? catalog.Entries.First(static entry => entry.Task == ModelTask.Detection).Name : Name;

    /// <summary>Loads the one that every request may need, so that the first request does not wait for it.</summary>
    public void Load() => detectors[LandmarkDetector].Load();
}
