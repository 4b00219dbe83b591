using System.Collections.Immutable;
using FaceAspire.Contracts.Errors;

namespace FaceAspire.Vision.Detection.Cascades;

/// <summary>A cascade of boosted Haar stumps (Viola and Jones, 2001), as OpenCV trains and stores them. Immutable.</summary>
/// <param name="Width">Columns of the window that it judges.</param>
/// <param name="Height">Rows of the window.</param>
/// <param name="Stages">Its stages, first to last; at least one.</param>
/// <param name="Stumps">The stumps of all stages, one after the other.</param>
public sealed record HaarCascade(int Width, int Height, ImmutableArray<HaarStage> Stages, ImmutableArray<HaarStump> Stumps)
{
    /// <summary>Whether any feature is turned by 45 degrees.</summary>
    public bool HasTilted { get; } = Stumps.Any(static stump => stump.IsTilted);

    /// <summary>Reads a cascade from OpenCV's XML.</summary>
    /// <param name="stream">Read to its end; stays the caller's.</param>
    /// <exception cref="InvalidDataException">It is none, one of the format of OpenCV 1, one with trees instead of stumps, or broken; says where.</exception>
    public static HaarCascade Read(Stream stream) => HaarCascadeReader.Read(stream);

    /// <summary>Reads a cascade from a file of OpenCV's XML.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.InferenceError"/>: it cannot be read, or is no cascade.</exception>
    public static HaarCascade Load(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Read(stream);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new FaceAspireException(ErrorCode.InferenceError, $"The cascade {Path.GetFileName(path)} could not be loaded.", exception);
        }
    }
}
