using FaceAspire.Gallery.Reading;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Makes no spaces: a gallery is searched in those that it has.</summary>
internal sealed class NoGallerySpaces : IGallerySpaces
{
    public Task<SpaceProgress?> RequestAsync(string gallery, RecognitionPlan plan, CancellationToken cancellationToken) => Task.FromResult<SpaceProgress?>(null);
}
