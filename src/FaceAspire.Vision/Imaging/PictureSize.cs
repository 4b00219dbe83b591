namespace FaceAspire.Vision.Imaging;

/// <summary>Size of an upright picture, and by how much its pixels were reduced when it was decoded.</summary>
/// <param name="Width">Pixels across of the whole picture.</param>
/// <param name="Height">Pixels down of the whole picture.</param>
/// <param name="Reduction">How many of them are one decoded pixel, along a side: 1, 2, 4 or 8.</param>
internal readonly record struct PictureSize(int Width, int Height, int Reduction);
