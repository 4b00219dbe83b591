namespace FaceAspire.Vision.Extraction;

/// <summary>The only place where a picture is decoded: encoded image in, faces with their crops out.</summary>
public interface IFaceExtractor
{
    /// <summary>The faces of a picture. Empty when there is none and <see cref="ExtractionOptions.WholeImageWithoutFace"/> is off.</summary>
    /// <param name="image">The encoded picture; not touched after the task has ended.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="Contracts.Errors.FaceAspireException">The picture cannot be decoded or is too large, the detector is missing, or the service is overloaded.</exception>
    Task<ExtractedFaces> ExtractAsync(ReadOnlyMemory<byte> image, ExtractionOptions options, CancellationToken cancellationToken);
}
