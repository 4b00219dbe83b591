using FaceAspire.Gallery.Reading;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Makes spaces that galleries do not have yet, in the background.</summary>
public interface IGallerySpaces
{
    /// <summary>How far the embeddings of a plan are, if they are being made; else null.</summary>
    SpaceProgress? ProgressOf(string gallery, RecognitionPlan plan);

    /// <summary>Wishes that a gallery's faces get the embeddings of a plan. Asking again, also while it is being done, does no harm.</summary>
    /// <param name="gallery">The gallery, which exists.</param>
    /// <param name="plan">The embeddings wanted, of a space that is not complete.</param>
    /// <param name="cancellationToken">Ends the asking, not the work.</param>
    /// <returns>How far it is; null when it will not be done.</returns>
    Task<SpaceProgress?> RequestAsync(string gallery, RecognitionPlan plan, CancellationToken cancellationToken);
}
