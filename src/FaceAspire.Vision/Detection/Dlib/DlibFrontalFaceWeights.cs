namespace FaceAspire.Vision.Detection.Dlib;

/// <summary>What dlib's frontal face detector knows: five filters of 10×10 cells, for faces that look ahead, to the left and to the right, and that lean to either side.</summary>
/// <param name="Filters">The filters one after the other, each row by row, every cell 31 numbers and a 0.</param>
/// <param name="Thresholds">A number for each filter; what is above it is a face.</param>
/// <param name="OfUnion">Largest part that two faces may share of the smallest rectangle around both.</param>
/// <param name="OfEither">Largest part of one of them that they may share.</param>
public sealed record DlibFrontalFaceWeights(ReadOnlyMemory<float> Filters, IReadOnlyList<double> Thresholds, double OfUnion, double OfEither)
{
    /// <summary>How many filters there are.</summary>
    public const int Count = 5;
}
