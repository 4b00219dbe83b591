using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;
using FaceAspire.Vision.Attributes;
using FaceAspire.Vision.Extraction;

namespace FaceAspire.Cli.Evaluation.Attributes;

/// <summary>Pictures to attributes as the service makes them.</summary>
internal sealed class AttributePipeline
{
    private readonly CommandModels _models;
    private readonly ExtractionOptions _extraction;
    private readonly IReadOnlyList<(AttributeNetwork Network, IReadOnlyList<AttributeOutput> Outputs)> _networks;

    /// <summary>Puts the networks together.</summary>
    /// <param name="models">Where the models come from; stays the caller's.</param>
    /// <param name="answerers">The attributes wanted, and who tells them.</param>
    /// <param name="detector">The detector's name in the catalogue's spelling, or <c>skip</c>.</param>
    /// <param name="requireFace">Whether a picture without a face has no answer, instead of being taken whole.</param>
    public AttributePipeline(CommandModels models, IReadOnlyList<(AttributeAction Action, ModelEntry Model)> answerers, string detector, bool requireFace)
    {
        _models = models;
        Answerers = answerers;
        Detector = detector;
        var byModel = answerers.GroupBy(static answerer => answerer.Model, static answerer => answerer.Action).ToList();
        _extraction = new(detector, [.. byModel.Select(static group => group.Key.NativeCrop)]) { MaxFaces = 1, WholeImageWithoutFace = !requireFace };
        _networks = [.. byModel.Select(group => (
            new AttributeNetwork(models.SessionOf(group.Key), group.Key.Input),
            (IReadOnlyList<AttributeOutput>)[.. group.Key.Outputs.Where(output => group.Contains(output.Action))]))];
    }

    /// <summary>The attributes told, and by whom.</summary>
    public IReadOnlyList<(AttributeAction Action, ModelEntry Model)> Answerers { get; }

    /// <summary>Who finds the faces.</summary>
    public string Detector { get; }

    /// <summary>What the models tell of the largest face of a picture; null when it has none and one is required.</summary>
    /// <exception cref="Contracts.Errors.FaceAspireException">The picture cannot be read, or a model is missing.</exception>
    public FaceAnswer? Analyze(byte[] encoded, CancellationToken cancellationToken)
    {
        using var image = _models.Decoder.Decode(encoded, cancellationToken);
        using var faces = _models.Extractor.Extract(image, _extraction, cancellationToken);
        if (faces.Count == 0)
        {
            return null;
        }

        // The extractor's confidence of a face is 0 when nobody detected it.
        var answer = new FaceAnswer(Detected: faces[0].Confidence > 0, Age: null, new Dictionary<AttributeAction, string>());
        for (int i = 0; i < _networks.Count; i++)
        {
            var (network, outputs) = _networks[i];
            var soFar = answer;
            answer = network.Run(
                faces[0].Crops[i],
                values => outputs.Aggregate(soFar, (told, output) => Add(told, output, network.ReadFinite(values, output.Tensor))),
                cancellationToken);
        }

        return answer;
    }

    private static FaceAnswer Add(FaceAnswer answer, AttributeOutput output, ReadOnlySpan<float> numbers)
    {
        if (output.Action == AttributeAction.Age)
        {
            return answer with { Age = ApparentAge.Of(numbers) };
        }

        string dominant = ClassPercentages.Dominant(ClassPercentages.Of(output.Action, numbers, output.Classes));
        return answer with { Classes = new Dictionary<AttributeAction, string>(answer.Classes) { [output.Action] = dominant } };
    }
}
