using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Extraction;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace FaceAspire.Extraction.Tests;

public sealed class ExtractionQueryTests
{
    private static readonly ApiNames _names = new(["Dlib"], ["yunet", "a detector & more"]);

    public static TheoryData<ExtractionOptions> Options =>
    [
        new ExtractionOptions("yunet", [new(CropGeometry.FivePoint, 112, 96, 1.2857143f), new(CropGeometry.Square, 224, 224)]),
        new ExtractionOptions("a detector & more", [new(CropGeometry.Eyes, 0, 0)]) { Align = false, ExpandPercentage = 100, MaxFaces = 3, WholeImageWithoutFace = true },
        new ExtractionOptions("yunet", [new(CropGeometry.Eyes, 152, 152), new(CropGeometry.Surroundings, 80, 80, 2.7f)]),
        new ExtractionOptions("skip", [new(CropGeometry.Dlib, 150, 150, 0.1f)]),
    ];

    [Theory, MemberData(nameof(Options))]
    public void Parse_WhatWasWritten_IsTheSame(ExtractionOptions options)
    {
        var read = ExtractionQuery.Parse(Query(ExtractionQuery.Write(options)), _names);

        read.Crops.ShouldBe(options.Crops);
        (read with { Crops = options.Crops }).ShouldBe(options);
    }

    [Theory]
    [InlineData("", "detector", "crop", "align", "whole", "expand")]
    [InlineData("detector=other&crop=FivePoint_1_1_1&align=true&whole=true&expand=0", "detector")]
    [InlineData("detector=yunet&detector=yunet&crop=FivePoint_1_1_1&align=true&whole=true&expand=0", "detector")]
    [InlineData("detector=yunet&crop=FivePoint_1_1_1&align=1&whole=true&expand=0", "align")]
    [InlineData("detector=yunet&crop=FivePoint_1_1_1&align=true&whole=true&expand=101", "expand")]
    [InlineData("detector=yunet&crop=FivePoint_1_1_1&align=true&whole=true&expand=0&max_faces=0", "max_faces")]
    [InlineData("detector=yunet&crop=FivePoint_0_0_1&align=true&whole=true&expand=0", "crop")]
    [InlineData("detector=yunet&crop=FivePoint_9999999_1_1&align=true&whole=true&expand=0", "crop")]
    [InlineData("detector=yunet&crop=FivePoint_1_1_NaN&align=true&whole=true&expand=0", "crop")]
    [InlineData("detector=yunet&crop=FivePoint_1_1_-1&align=true&whole=true&expand=0", "crop")]
    [InlineData("detector=yunet&crop=FivePoint_1_1&align=true&whole=true&expand=0", "crop")]
    [InlineData("detector=yunet&crop=99_1_1_1&align=true&whole=true&expand=0", "crop")]
    public void Parse_AnythingElse_NamesEveryWrongParameter(string query, params string[] wrong) =>
        Should.Throw<FaceAspireException>(() => ExtractionQuery.Parse(Query(query), _names)).Fields.Select(static field => field.Field).ShouldBe(wrong, ignoreOrder: true);

    [Fact]
    public void Parse_NineCrops_IsRefused() =>
        Should.Throw<FaceAspireException>(() => ExtractionQuery.Parse(
            Query("detector=yunet&align=true&whole=true&expand=0" + string.Concat(Enumerable.Repeat("&crop=FivePoint_1_1_1", 9))), _names)).Fields.ShouldHaveSingleItem();

    private static QueryCollection Query(string query) => new(QueryHelpers.ParseQuery(query));
}
