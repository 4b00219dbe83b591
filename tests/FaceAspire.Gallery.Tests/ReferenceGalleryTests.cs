namespace FaceAspire.Gallery.Tests;

/// <summary>What the stores are compared with must do what they must.</summary>
public sealed class ReferenceGalleryTests : FaceGalleryContract
{
    private protected override Task<IFaceGallery> OpenAsync() => Task.FromResult<IFaceGallery>(new ReferenceGallery(TimeProvider.System));
}
