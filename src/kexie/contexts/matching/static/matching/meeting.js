// A timetable that is being computed: the page is loaded again every two seconds until it is done.
if (document.querySelector("[data-meeting-running]")) setTimeout(() => location.reload(), 2000);
