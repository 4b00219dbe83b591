using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Requests;

namespace FaceAspire.Vision.Extraction;

/// <summary>Extraction for a request that cannot go on without a face.</summary>
public static class RequiredFaces
{
    /// <summary>The faces of a request's picture, at least one. What is wrong with the picture is told under the name of its field.</summary>
    /// <param name="extractor">Who extracts.</param>
    /// <param name="input">The request's field, for messages.</param>
    /// <param name="image">The encoded picture.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.NoFaceDetected"/>, and all that <see cref="IFaceExtractor.ExtractAsync"/> throws.</exception>
    public static async Task<ExtractedFaces> ExtractRequiredAsync(
        this IFaceExtractor extractor, ImageInput input, ReadOnlyMemory<byte> image, ExtractionOptions options, CancellationToken cancellationToken)
    {
        ExtractedFaces faces;
        try
        {
            faces = await extractor.ExtractAsync(image, options, cancellationToken);
        }
        catch (FaceAspireException failure) when (failure.Code == ErrorCode.ImageDecodeError || failure.Code == ErrorCode.ImageTooLarge)
        {
            throw new FaceAspireException(failure.Code, $"{input.Field}: {failure.Message}", failure);
        }

        if (faces.Count > 0)
        {
            return faces;
        }

        faces.Dispose();
        throw new FaceAspireException(
            ErrorCode.NoFaceDetected, $"{input.Field}: no face was detected. Send enforce_detection=false to take the whole picture for a face.");
    }
}
