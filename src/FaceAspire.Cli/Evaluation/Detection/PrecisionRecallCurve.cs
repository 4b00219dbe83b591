namespace FaceAspire.Cli.Evaluation.Detection;

/// <summary>How many faces a detector finds at what price, over all score thresholds.</summary>
internal sealed class PrecisionRecallCurve
{
    // From the strictest threshold; one point for each score that occurs.
    private readonly List<(float Score, int Right, int Wrong)> _points = [];
    private readonly int _faces;
    private readonly int _pictures;

    /// <summary>Takes the faces found in all pictures.</summary>
    /// <param name="found">Their scores, and whether each is a labelled face.</param>
    /// <param name="faces">Number of labelled faces, at least one.</param>
    /// <param name="pictures">Number of pictures, at least one.</param>
    public PrecisionRecallCurve(IEnumerable<(float Score, bool IsFace)> found, int faces, int pictures)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(faces);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pictures);
        (_faces, _pictures) = (faces, pictures);
        int right = 0, wrong = 0;
        foreach (var equal in found.GroupBy(static face => face.Score).OrderByDescending(static group => group.Key))
        {
            right += equal.Count(static face => face.IsFace);
            wrong += equal.Count(static face => !face.IsFace);
            _points.Add((equal.Key, right, wrong));
        }
    }

    /// <summary>Area under the curve, where the precision at a recall is the best at that or any higher recall (PASCAL VOC 2010 and later), 0 to 1.</summary>
    public double AveragePrecision
    {
        get
        {
            double area = 0, best = 0;
            for (int i = _points.Count - 1; i >= 0; i--)
            {
                var (_, right, wrong) = _points[i];
                best = Math.Max(best, right / (double)(right + wrong));
                int before = i > 0 ? _points[i - 1].Right : 0;
                area += best * (right - before) / _faces;
            }

            return area;
        }
    }

    /// <summary>Share of the labelled faces that are found with at least a score, 0 to 1.</summary>
    public double Recall(float score) => At(score).Right / (double)_faces;

    /// <summary>Mean number of false positives in a picture with at least a score.</summary>
    public double FalsePositivesPerPicture(float score) => At(score).Wrong / (double)_pictures;

    /// <summary>The lowest score that occurs with at most so many false positives per picture; null when even the highest has more, or nothing was found.</summary>
    public float? ScoreAt(double falsePositivesPerPicture)
    {
        int last = _points.FindLastIndex(point => point.Wrong / (double)_pictures <= falsePositivesPerPicture);
        return last < 0 ? null : _points[last].Score;
    }

    private (float Score, int Right, int Wrong) At(float score) => _points.FindLast(point => point.Score >= score);
}
