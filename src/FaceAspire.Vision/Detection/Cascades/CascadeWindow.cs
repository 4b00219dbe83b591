namespace FaceAspire.Vision.Detection.Cascades;

/// <summary>A window that a cascade accepts, or several that were grouped into one.</summary>
/// <param name="Box">Where it is, in whole pixels of the picture.</param>
/// <param name="Weight">Sum of the votes of the last stage, OpenCV's level weight; the largest of a group.</param>
/// <param name="Count">How many windows it stands for.</param>
public readonly record struct CascadeWindow(PixelBox Box, double Weight, int Count = 1);
