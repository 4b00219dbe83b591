namespace FaceAspire.Cli.Evaluation.Attributes;

/// <summary>The answers for labelled faces.</summary>
/// <param name="Faces">In the file's order, without those left out.</param>
/// <param name="WholePictures">How many pictures had no face and were taken whole.</param>
/// <param name="LeftOut">Pictures without a face, when one is required.</param>
internal sealed record AttributeEvaluation(JudgedFaces Faces, int WholePictures, IReadOnlyList<string> LeftOut)
{
    /// <summary>Has the models tell of every picture.</summary>
    /// <exception cref="CommandException">A picture cannot be read, or none has a face.</exception>
    public static AttributeEvaluation Run(AttributePipeline pipeline, IReadOnlyList<LabelledFace> labels, FileInfo file, CancellationToken cancellationToken)
    {
        var answers = LabelledPictures.Measure(
            file,
            labels.Select(static label => label.File),
            (_, picture) => pipeline.Analyze(picture, cancellationToken),
            cancellationToken);
        List<JudgedFace> judged = [];
        List<string> leftOut = [];
        foreach (var label in labels)
        {
            if (answers[label.File] is { } answer)
            {
                judged.Add(new(label, answer));
            }
            else
            {
                leftOut.Add(label.File);
            }
        }

        return judged.Count > 0
            ? new(new(judged), judged.Count(static face => !face.Answer.Detected), leftOut)
            : throw new CommandException("No picture has a face.");
    }
}
