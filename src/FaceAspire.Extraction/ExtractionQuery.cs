using System.Globalization;
using System.Text;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Extraction;
using Microsoft.AspNetCore.Http;

namespace FaceAspire.Extraction;

/// <summary>What is wanted of the faces of a picture, as the query of a call: <c>detector=facelite&amp;crop=FivePoint_112_112_1&amp;align=true</c>.</summary>
internal static class ExtractionQuery
{
    // More and larger than any catalogue asks for: bounds on what a call may cost, not on what it may mean.
    private const int MaxCrops = 8;
    private const int MaxCropSide = 2_048;
    private const float MaxMargin = 10;

    private const char Separator = '_';

    public static string Write(ExtractionOptions options)
    {
        var query = new StringBuilder("detector=").Append(Uri.EscapeDataString(options.Detector));
        foreach (var crop in options.Crops)
        {
            query.Append(CultureInfo.InvariantCulture, $"&crop={crop.Geometry}{Separator}{crop.Width}{Separator}{crop.Height}{Separator}{crop.Margin:R}");
        }

        query.Append(options.Align ? "&align=true" : "&align=false");
        query.Append(CultureInfo.InvariantCulture, $"&expand={options.ExpandPercentage}");
        if (options.MaxFaces is { } maxFaces)
        {
            query.Append(CultureInfo.InvariantCulture, $"&max_faces={maxFaces}");
        }

        query.Append(options.WholeImageWithoutFace ? "&whole=true" : "&whole=false");
        return query.ToString();
    }

    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ValidationError"/> with every wrong parameter.</exception>
    public static ExtractionOptions Parse(IQueryCollection query, ApiNames names)
    {
        List<FieldError> errors = [];
        string detector = "";
        if (query["detector"] is not [{ } name] || !names.Detectors.TryParse(name, out detector!))
        {
            errors.Add(new("detector", $"must be one of {string.Join(", ", names.Detectors.Names)}"));
        }

        List<CropRecipe> crops = [];
        var texts = query["crop"];
        foreach (string? text in texts.Count <= MaxCrops ? texts : [])
        {
            if (ParseCrop(text) is { } crop)
            {
                crops.Add(crop);
            }
        }

        if (crops.Count == 0 || crops.Count != texts.Count)
        {
            errors.Add(new("crop", $"must be given 1 to {MaxCrops} times as GEOMETRY{Separator}WIDTH{Separator}HEIGHT{Separator}MARGIN"));
        }

        bool align = ParseFlag(query, "align", errors);
        bool whole = ParseFlag(query, "whole", errors);
        int expand = ParseNumber(query, "expand", least: 0, most: 100, errors) ?? 0;
        int? maxFaces = query.ContainsKey("max_faces") ? ParseNumber(query, "max_faces", least: 1, most: int.MaxValue, errors) : null;
        return errors.Count == 0
            ? new(detector, crops) { Align = align, ExpandPercentage = expand, MaxFaces = maxFaces, WholeImageWithoutFace = whole }
            : throw new FaceAspireException(ErrorCode.ValidationError, "The query is not one of this version's.") { Fields = errors };
    }

    private static CropRecipe? ParseCrop(string? text)
    {
        if (text?.Split(Separator) is not [var geometryText, var widthText, var heightText, var marginText]
            || !Enum.TryParse(geometryText, out CropGeometry geometry) || !Enum.IsDefined(geometry)
            || !int.TryParse(widthText, NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            || !int.TryParse(heightText, NumberStyles.None, CultureInfo.InvariantCulture, out int height)
            || !float.TryParse(marginText, NumberStyles.Float, CultureInfo.InvariantCulture, out float margin))
        {
            return null;
        }

        bool isNatural = width == 0 && height == 0 && geometry == CropGeometry.Eyes;
        return (isNatural || (width is > 0 and <= MaxCropSide && height is > 0 and <= MaxCropSide)) && margin is > 0 and <= MaxMargin
            ? new(geometry, width, height, margin)
            : null;
    }

    private static bool ParseFlag(IQueryCollection query, string name, List<FieldError> errors)
    {
        if (query[name] is [{ } text] && bool.TryParse(text, out bool value))
        {
            return value;
        }

        errors.Add(new(name, "must be true or false"));
        return false;
    }

    private static int? ParseNumber(IQueryCollection query, string name, int least, int most, List<FieldError> errors)
    {
        if (query[name] is [{ } text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most)
        {
            return value;
        }

        errors.Add(new(name, $"must be a number from {least} to {most}"));
        return null;
    }
}
