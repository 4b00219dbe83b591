using FaceAspire.Vision.Detection;

namespace FaceAspire.Cli.Evaluation.Detection;

/// <summary>What a detector found in a picture, against its labels.</summary>
/// <param name="Found">Every face found, best first: its score, and whether it is a labelled one.</param>
/// <param name="Labelled">Every labelled face.</param>
internal sealed record MatchedPicture(IReadOnlyList<(float Score, bool IsFace)> Found, IReadOnlyList<MatchedFace> Labelled)
{
    /// <summary>Gives each face found, best first, the labelled one that it overlaps most of those that are left. What finds none is a false
    /// positive, and so is the second find of one face. The matches above any score are those that the faces above it would have alone.</summary>
    /// <param name="found">The faces found.</param>
    /// <param name="labelled">The faces there are.</param>
    /// <param name="minIou">Smallest intersection over union of a match, above 0.</param>
    public static MatchedPicture Of(IEnumerable<DetectedFace> found, IReadOnlyList<LabelledBox> labelled, float minIou)
    {
        var finds = new DetectedFace?[labelled.Count];
        List<(float, bool)> judged = [];
        foreach (var face in found.OrderByDescending(static face => face.Confidence))
        {
            int nearest = Enumerable.Range(0, labelled.Count).Where(i => finds[i] is null).DefaultIfEmpty(-1).MaxBy(i => i < 0 ? 0 : labelled[i].Box.Iou(face.Box));
            bool matches = nearest >= 0 && labelled[nearest].Box.Iou(face.Box) >= minIou;
            if (matches)
            {
                finds[nearest] = face;
            }

            judged.Add((face.Confidence, matches));
        }

        return new(judged, [.. labelled.Zip(finds, static (face, find) => new MatchedFace(face.Box.Width, find?.Confidence, find is null ? null : face.ErrorOf(find.Landmarks)))]);
    }
}
