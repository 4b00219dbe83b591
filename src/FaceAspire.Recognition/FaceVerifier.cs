using System.Diagnostics;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.Gallery.Reading;
using FaceAspire.Recognition.Caching;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Recognition;

/// <summary>Answers <c>verify</c>: do two pictures show the same person.</summary>
internal sealed class FaceVerifier(FaceRepresenter representer, RecognitionDefaults defaults)
{
    public async Task<VerifyResponse> VerifyAsync(VerifyRequest request, CacheUse use, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        var plan = defaults.Plan(
            request.ModelName,
            request.DetectorBackend,
            request.Alignment,
            request.Normalization,
            request.EnforceDetection,
            request.Align,
            request.ExpandPercentage,
            maxFaces: null);
        var metric = request.DistanceMetric ?? defaults.Metric;
        RequireDimension(plan, request.Img1, request.Img2);

        var (faces1, faces2) = await EmbedBothAsync(request, plan, use, cancellationToken);
        var (distance, first, second) = Closest(faces1, faces2, metric, cancellationToken);

        double modelThreshold = plan.Model.Thresholds[plan.Alignment][metric];
        double threshold = request.Threshold ?? modelThreshold;
        return new(
            Success: true,
            Verified: distance <= threshold,
            distance,
            threshold,
            // As in DeepFace the model's own threshold decides the side of the confidence, not the caller's.
            VerificationConfidence.Of(plan.Model.Calibrations.GetValueOrDefault(metric), distance, distance <= modelThreshold),
            plan.Model.Name,
            plan.Detector,
            ApiNames.Metrics.NameOf(metric),
            ApiNames.Alignments.NameOf(plan.Alignment),
            new(AreaOf(first), AreaOf(second)),
            Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 4));
    }

    private static FacialArea AreaOf(FaceEmbedding face) => face.Area == FaceEmbedding.UnknownArea ? face.Area : face.Area with { Confidence = face.Confidence };

    /// <summary>The pair with the smallest distance, the first of equals.</summary>
    private static (double Distance, FaceEmbedding First, FaceEmbedding Second) Closest(
        IReadOnlyList<FaceEmbedding> first, IReadOnlyList<FaceEmbedding> second, DistanceMetric metric, CancellationToken cancellationToken)
    {
        using var activity = RecognitionTelemetry.Source.StartActivity("compare");
        activity?.SetTag("metric", ApiNames.Metrics.NameOf(metric)).SetTag("pairs", first.Count * second.Count);
        var best = (Distance: double.PositiveInfinity, First: first[0], Second: second[0]);
        foreach (var a in first)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var b in second)
            {
                double distance = EmbeddingDistance.Between(a.Embedding, b.Embedding, metric);
                if (distance < best.Distance)
                {
                    best = (distance, a, b);
                }
            }
        }

        return best;
    }

    private static void RequireDimension(RecognitionPlan plan, params ReadOnlySpan<ImageInput> inputs)
    {
        var errors = new List<FieldError>();
        foreach (var input in inputs)
        {
            if (FaceRepresenter.DimensionErrorOf(input, plan) is { } error)
            {
                errors.Add(error);
            }
        }

        if (errors.Count > 0)
        {
            throw FaceAspireException.OfFields(errors);
        }
    }

    /// <summary>Side by side: with two free cores a verify takes as long as one picture. When one picture fails the other is stopped, and waited for:
    /// nobody reads the request's memory after the answer.</summary>
    private async Task<(IReadOnlyList<FaceEmbedding> First, IReadOnlyList<FaceEmbedding> Second)> EmbedBothAsync(
        VerifyRequest request, RecognitionPlan plan, CacheUse use, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = representer.EmbedOrTakeAsync(request.Img1, plan, request.AntiSpoofing, use, stop.Token);
        var second = representer.EmbedOrTakeAsync(request.Img2, plan, request.AntiSpoofing, use, stop.Token);
        var sooner = await Task.WhenAny(first, second);
        if (!sooner.IsCompletedSuccessfully)
        {
            await stop.CancelAsync();
            Task both = Task.WhenAll(first, second);
            await both.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await sooner; // throws: its failure came first, the other's may be no more than having been stopped
        }

        return (await first, await second);
    }
}
