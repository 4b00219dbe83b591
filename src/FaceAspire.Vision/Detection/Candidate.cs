namespace FaceAspire.Vision.Detection;

/// <summary>A place where a network sees a face, before those that overlap are thinned out.</summary>
/// <param name="Box">The face's box.</param>
/// <param name="Confidence">Its score.</param>
/// <param name="Level">Number of the grid that it was found in.</param>
/// <param name="Anchor">Number of its anchor in that grid, by which its landmarks are read.</param>
internal readonly record struct Candidate(FaceBox Box, float Confidence, int Level, int Anchor) : IComparable<Candidate>
{
    /// <summary>The surer one comes first. Ties fall by position, so that the same picture gives the same faces in the same order everywhere.</summary>
    public int CompareTo(Candidate other)
    {
        int byConfidence = other.Confidence.CompareTo(Confidence);
        int byRow = byConfidence != 0 ? byConfidence : Box.Y.CompareTo(other.Box.Y);
        return byRow != 0 ? byRow : Box.X.CompareTo(other.Box.X);
    }
}
