using System.Numerics;
using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Extraction;

/// <summary>One face: where it is, and the crops asked for.</summary>
/// <param name="Area">Where it is, in whole pixels of the upright picture, inside its bounds.</param>
/// <param name="Confidence">The detector's score, 0 to 1, rounded to two decimals as DeepFace does; 0 when nothing was detected.</param>
/// <param name="Crops">One per recipe, in the order of the options. Owned by this face.</param>
public sealed record ExtractedFace(FacialArea Area, double Confidence, IReadOnlyList<PixelBuffer> Crops) : IDisposable
{
    /// <summary>Landmarks of a face that has all of them.</summary>
    public const int FivePoints = 5;

    /// <summary>In pixels of the upright picture, x right, y down: right eye, left eye, nose, right and left mouth corner (the person's own); fewer, or none, where
    /// fewer were found. The landmark detector is asked for missing ones only where a crop needs them.</summary>
    public IReadOnlyList<Vector2> Landmarks { get; init; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var crop in Crops)
        {
            crop.Dispose();
        }
    }
}
