using FaceAspire.Contracts.Errors;

namespace FaceAspire.Gallery;

/// <summary>Keeps galleries to <see cref="IFaceGallery.MaxSpaces"/>.</summary>
internal static class SpaceLimit
{
    /// <summary>Throws unless one more space may begin.</summary>
    /// <param name="spaces">How many the gallery has.</param>
    public static void ThrowIfReached(long spaces)
    {
        if (spaces >= IFaceGallery.MaxSpaces)
        {
            throw new FaceAspireException(ErrorCode.ValidationError, $"The gallery has embeddings of {IFaceGallery.MaxSpaces} spaces already.");
        }
    }
}
