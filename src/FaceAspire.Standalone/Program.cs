using FaceAspire.Attributes;
using FaceAspire.Detection;
using FaceAspire.Edge;
using FaceAspire.Recognition;
using FaceAspire.ServiceDefaults;

var builder = ServiceHost.CreateBuilder(args);

builder.AddServiceDefaults("faceaspire");
builder.AddEdge();
builder.AddDetection();
builder.AddRecognition();
builder.AddGalleries();
builder.AddAttributes();

var app = builder.Build();

app.UseServiceDefaults(static edge => edge.UseEdge());
app.MapServiceInfo("faceaspire");
app.MapEdge();
app.MapDetection();
app.MapRecognition();
app.MapGalleries();
app.MapAttributes();
app.MapModels();

return await app.RunServiceAsync();
