using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.ModelHub;
using FaceAspire.ServiceDefaults.Images;
using FaceAspire.Vision.Attributes;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Liveness;
using FaceAspire.Vision.Quality;
using Microsoft.Extensions.Options;

namespace FaceAspire.Attributes;

/// <summary>Answers <c>analyze</c>: age, gender, emotion and race of every face of a picture.</summary>
internal sealed class FaceAnalyzer(
    ImageSource images,
    IFaceExtractor extractor,
    AttributeModels models,
    LivenessCheck liveness,
    FaceDescriber describer,
    ModelCatalog catalog,
    IOptions<AttributesOptions> options,
    ComputeGate gate)
{
    // DeepFace's models take 26 MB a face while they run.
    private const int MaxBatch = 8;

    private readonly string _defaultDetector = catalog.Names.Detectors.Parse(options.Value.DefaultDetector);

    public async Task<AnalyzeResponse> AnalyzeAsync(AnalyzeRequest request, CancellationToken cancellationToken)
    {
        var asked = models.For(request.Actions);
        using var image = await images.OpenAsync(request.Img, cancellationToken);
        var crops = asked.Select(static model => model.Model.NativeCrop);
        var extraction = new ExtractionOptions(
            request.DetectorBackend ?? _defaultDetector,
            [.. crops, .. request.AntiSpoofing ? liveness.Crops : [], .. FaceDescriber.CropsFor(request.Include)])
        {
            Align = request.Align,
            ExpandPercentage = request.ExpandPercentage,
            MaxFaces = request.MaxFaces,
            WholeImageWithoutFace = !request.EnforceDetection,
        };
        using var faces = await extractor.ExtractRequiredAsync(request.Img, image.Memory, extraction, cancellationToken);

        try
        {
            var result = await gate.RunAsync(token => AnalyzeAll(faces, asked, request, token), cancellationToken);
            return new(Success: true, result.Count, result);
        }
        catch (FaceAspireException failure) when (failure.IsAboutThePicture())
        {
            throw failure.NamedAfter(request.Img);
        }
    }

    private List<AnalyzedFace> AnalyzeAll(
        ExtractedFaces faces, IReadOnlyList<(ModelEntry Model, IReadOnlyList<AttributeOutput> Outputs)> asked, AnalyzeRequest request, CancellationToken cancellationToken)
    {
        if (request.AntiSpoofing)
        {
            liveness.RequireReal(faces, firstCrop: asked.Count, cancellationToken);
        }

        AnalyzedFace[] results = [.. faces.Select(face => Describe(face, request.Include, cancellationToken))];
        for (int i = 0; i < asked.Count; i++)
        {
            var (model, wanted) = asked[i];
            var network = new AttributeNetwork(models.SessionOf(model), model.Input);
            for (int start = 0; start < faces.Count; start += MaxBatch)
            {
                int crop = i;
                var batch = results.AsMemory(start, Math.Min(MaxBatch, faces.Count - start));
                PixelBuffer[] crops = [.. faces.Skip(start).Take(batch.Length).Select(face => face.Crops[crop])];
                network.Run(crops, outputs => AddAll(batch.Span, wanted, network, outputs), cancellationToken);
            }
        }

        return [.. results];
    }

    private AnalyzedFace Describe(ExtractedFace face, IReadOnlyList<FaceDetail> include, CancellationToken cancellationToken)
    {
        var details = describer.Describe(face, include, cancellationToken);
        return new()
        {
            Region = face.Area,
            FaceConfidence = face.Confidence,
            Quality = details.Quality,
            Pose = details.Pose,
            Landmarks = details.Landmarks,
        };
    }

    /// <summary>Adds to each face what the network told of it.</summary>
    private static bool AddAll(Span<AnalyzedFace> faces, IReadOnlyList<AttributeOutput> wanted, AttributeNetwork network, InferenceOutputs outputs)
    {
        foreach (var output in wanted)
        {
            var values = network.ReadFinite(outputs, output.Tensor);
            int length = values.Length / faces.Length;
            for (int i = 0; i < faces.Length; i++)
            {
                faces[i] = Add(faces[i], output, values.Slice(i * length, length));
            }
        }

        return true;
    }

    private static AnalyzedFace Add(AnalyzedFace answer, AttributeOutput output, ReadOnlySpan<float> values)
    {
        if (output.Action == AttributeAction.Age)
        {
            return answer with { Age = ApparentAge.Of(values) };
        }

        var percentages = ClassPercentages.Of(output.Action, values, output.Classes);
        string dominant = ClassPercentages.Dominant(percentages);
        return output.Action switch
        {
            AttributeAction.Gender => answer with { Gender = percentages, DominantGender = dominant },
            AttributeAction.Emotion => answer with { Emotion = percentages, DominantEmotion = dominant },
            AttributeAction.Race => answer with { Race = percentages, DominantRace = dominant },
            _ => throw new InvalidOperationException($"No answer has a place for {output.Action}."),
        };
    }
}
