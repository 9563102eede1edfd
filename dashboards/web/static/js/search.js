// Search by face: a picture that is pasted is searched by as one that is dropped.
document.addEventListener("paste", (event) => {
  const input = document.querySelector(".search-form input[type=file]");
  const pictures = [...(event.clipboardData?.files || [])].filter((file) => file.type.startsWith("image/"));
  if (!input || !pictures.length) return;
  const taken = new DataTransfer();
  taken.items.add(pictures[0]);
  input.files = taken.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
