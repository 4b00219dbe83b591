using System.Text.Json;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Responses;

namespace FaceAspire.Contracts.Tests;

public sealed class ApiJsonContextTests
{
    [Fact]
    public void ErrorResponse_WithoutFields_HasEmptyDetails() =>
        JsonSerializer.Serialize(new ErrorResponse(false, "timeout", "Too late.", "id-1", new()), ApiJsonContext.Default.ErrorResponse)
            .ShouldBe("""{"success":false,"error_code":"timeout","message":"Too late.","request_id":"id-1","details":{}}""");

    [Fact]
    public void ErrorResponse_WithFields_ListsThem() =>
        JsonSerializer.Serialize(new ErrorResponse(false, "validation_error", "m", "r", new([new("img", "Field required")])), ApiJsonContext.Default.ErrorResponse)
            .ShouldBe("""{"success":false,"error_code":"validation_error","message":"m","request_id":"r","details":{"fields":[{"field":"img","msg":"Field required"}]}}""");

    [Fact]
    public void AnalyzeResponse_WhatWasNotAsked_IsAbsent() =>
        JsonSerializer.Serialize(new AnalyzeResponse(true, 1, [new() { Age = 31, Region = new(1, 2, 3, 4), FaceConfidence = 0.5 }]), ApiJsonContext.Default.AnalyzeResponse)
            .ShouldBe("""{"success":true,"count":1,"result":[{"age":31,"region":{"x":1,"y":2,"w":3,"h":4,"left_eye":null,"right_eye":null},"face_confidence":0.5}]}""");

    [Fact]
    public void RepresentResponse_Embedding_IsAnArrayOfNumbers() =>
        JsonSerializer.Serialize(
            new RepresentResponse(true, 1, "Dlib", "abc", 2, "native", [new(new[] { 0.25f, -1 }, new(1, 2, 3, 4, [5, 6], [7, 8]), 0.9)]),
            ApiJsonContext.Default.RepresentResponse)
            .ShouldBe(
                """
                {"success":true,"count":1,"model":"Dlib","model_version":"abc","dimension":2,"alignment":"native","result":[{"embedding":[0.25,-1],
                "facial_area":{"x":1,"y":2,"w":3,"h":4,"left_eye":[5,6],"right_eye":[7,8]},"face_confidence":0.9}]}
                """.ReplaceLineEndings(""));

    [Fact]
    public void VerifyResponse_IsInTheOrderOfTheDocumentation()
    {
        var response = new VerifyResponse(
            true, true, 0.25, 0.5, 75, "Dlib", "yunet", "cosine", "native", new(new(1, 2, 3, 4, [5, 6], [7, 8], 0.9), new(null, null, null, null)), 0.125);

        JsonSerializer.Serialize(response, ApiJsonContext.Default.VerifyResponse).ShouldBe(
            """
            {"success":true,"verified":true,"distance":0.25,"threshold":0.5,"confidence":75,"model":"Dlib","detector_backend":"yunet","similarity_metric":"cosine",
            "alignment":"native","facial_areas":{"img1":{"x":1,"y":2,"w":3,"h":4,"left_eye":[5,6],"right_eye":[7,8],"confidence":0.9},
            "img2":{"x":null,"y":null,"w":null,"h":null,"left_eye":null,"right_eye":null}},"time":0.125}
            """.ReplaceLineEndings(""));
    }
}
