namespace FaceAspire.Vision.Detection.Cascades;

/// <summary>A rectangle of a Haar feature, in pixels of the cascade's window, and the weight of the sum of its pixels. No weight: there is no such rectangle.</summary>
/// <param name="X">Left column; of a tilted one the column of its uppermost corner.</param>
/// <param name="Y">Upper row.</param>
/// <param name="Width">Columns; of a tilted one the steps down and to the right.</param>
/// <param name="Height">Rows; of a tilted one the steps down and to the left.</param>
/// <param name="Weight">Factor of the sum.</param>
public readonly record struct HaarRectangle(int X, int Y, int Width, int Height, float Weight);
