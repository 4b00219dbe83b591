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
        try
        {
            return await extractor.ExtractRequiredAsync(image, options, cancellationToken);
        }
        catch (FaceAspireException failure) when (failure.IsAboutThePicture())
        {
            throw failure.NamedAfter(input);
        }
    }

    /// <summary>The same for a picture that several requests share, under different names: the failure is still to be <see cref="NamedAfter"/> the field of each.</summary>
    /// <param name="extractor">Who extracts.</param>
    /// <param name="image">The encoded picture.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.NoFaceDetected"/>, and all that <see cref="IFaceExtractor.ExtractAsync"/> throws.</exception>
    public static async Task<ExtractedFaces> ExtractRequiredAsync(
        this IFaceExtractor extractor, ReadOnlyMemory<byte> image, ExtractionOptions options, CancellationToken cancellationToken)
    {
        var faces = await extractor.ExtractAsync(image, options, cancellationToken);
        if (faces.Count > 0)
        {
            return faces;
        }

        faces.Dispose();
        throw new FaceAspireException(ErrorCode.NoFaceDetected, "no face was detected. Send enforce_detection=false to take the whole picture for a face.");
    }

    /// <summary>Whether a failure tells of the picture, so that it should be told under the name of its field.</summary>
    public static bool IsAboutThePicture(this FaceAspireException failure) =>
        failure.Code == ErrorCode.ImageDecodeError || failure.Code == ErrorCode.ImageTooLarge
        || failure.Code == ErrorCode.NoFaceDetected || failure.Code == ErrorCode.SpoofDetected;

    /// <summary>What is wrong with a picture, under the name of its field.</summary>
    public static FaceAspireException NamedAfter(this FaceAspireException failure, ImageInput input) => new(failure.Code, $"{input.Field}: {failure.Message}", failure);
}
